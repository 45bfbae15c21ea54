import { Schema, type Connection } from 'mongoose'
import { PAGE_SIZE, type Message, type MessageStore } from './message.ts'

type Row = Omit<Message, 'id'> & { _id: string }

const schema = new Schema<Row>(
  {
    _id: String,
    key: { type: String, required: true },
    municipality: { type: String, required: true },
    to: { type: new Schema({ cf: { type: String, required: true }, email: String }, { _id: false }), required: true },
    subject: { type: String, required: true },
    text: { type: String, required: true },
    filing: { type: String, default: null },
    at: { type: Date, required: true },
    readAt: { type: Date, default: null },
    email: {
      type: new Schema(
        { state: { type: String, enum: ['none', 'waiting', 'sent', 'refused'], required: true }, at: Date },
        { _id: false },
      ),
      required: true,
    },
  },
  { collection: 'messages', strict: 'throw', versionKey: false, minimize: false },
)
schema.index({ municipality: 1, key: 1 }, { unique: true })
schema.index({ municipality: 1, 'to.cf': 1, at: -1 })
schema.index({ municipality: 1, 'to.cf': 1, readAt: 1 })
schema.index({ municipality: 1, filing: 1, at: 1 })

export function createMessageStore(connection: Connection): MessageStore {
  const model = connection.model<Row>('Message', schema)

  return {
    async add({ id, key, municipality, ...rest }) {
      const row = await model
        .findOneAndUpdate(
          { municipality, key },
          { $setOnInsert: { ...rest, _id: id } },
          { upsert: true, returnDocument: 'after' },
        )
        .orFail()
        .lean<Row>()
      return fromRow(row)
    },
    async waiting(id) {
      const row = await model.findOne({ _id: id, 'email.state': 'waiting' }).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    async setDelivery(id, email) {
      await model.updateOne({ _id: id }, { email })
    },
    async ofPerson(municipality, person, page) {
      const mine = { municipality, 'to.cf': person }
      const [rows, total] = await Promise.all([
        model
          .find(mine)
          .sort({ at: -1 })
          .skip((page - 1) * PAGE_SIZE)
          .limit(PAGE_SIZE)
          .lean<Row[]>(),
        model.countDocuments(mine),
      ])
      return { messages: rows.map(fromRow), total }
    },
    async ofFiling(municipality, filing) {
      return (await model.find({ municipality, filing }).sort({ at: 1 }).lean<Row[]>()).map(fromRow)
    },
    async find(municipality, person, id) {
      const row = await model.findOne({ _id: id, municipality, 'to.cf': person }).lean<Row>()
      return row ? fromRow(row) : undefined
    },
    async markRead(id, at) {
      await model.updateOne({ _id: id, readAt: null }, { readAt: at })
    },
    unread: (municipality, person) => model.countDocuments({ municipality, 'to.cf': person, readAt: null }),
  }
}

const fromRow = ({ _id, ...row }: Row): Message => ({ ...row, id: _id })
