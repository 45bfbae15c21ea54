import { Schema, type Connection } from 'mongoose'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { ListCopies, ListState } from './trusted-list-refresh.ts'

type Row = Omit<ListState, 'territory'> & {
  _id: string
  sha256: string | null
  /** The last good copy, compressed: a list of 20 MB would not fit into a document. */
  xml: Buffer | null
}

const schema = new Schema<Row>(
  {
    _id: String,
    sequence: Number,
    issued: Date,
    nextUpdate: Date,
    tried: { type: Date, required: true },
    problem: String,
    sha256: String,
    xml: Buffer,
  },
  { strict: 'throw', versionKey: false, collection: 'trustedLists' },
)

export type TrustedListStore = ListCopies &
  Readonly<{
    /** One a list, by territory, without the copies. */
    states: () => Promise<ListState[]>
    /** Territory and fingerprint of every copy that there is. */
    fingerprints: () => Promise<{ territory: string; sha256: string }[]>
  }>

/** State and last good copy of each trusted list: in the database, because every process on any machine verifies by the same ones. */
export function createTrustedListStore(connection: Connection): TrustedListStore {
  const model = connection.model<Row>('TrustedList', schema)
  const compressed = promisify(gzip)
  const expanded = promisify(gunzip)

  return {
    async find(territory) {
      const row = await model.findById(territory, { xml: 0 }).lean<Row>()
      return row?.sha256 ? { ...stateOf(row), sha256: row.sha256 } : null
    },
    async xml(territory) {
      const row = await model.findById(territory, { xml: 1 }).lean<{ xml: { buffer: Uint8Array } | null }>()
      return row?.xml ? expanded(row.xml.buffer) : null
    },
    async save({ territory, ...state }, { sha256, bytes }) {
      const copy = { ...state, sha256, xml: await compressed(bytes) }
      await model.updateOne({ _id: territory }, { $set: copy }, { upsert: true })
    },
    async note({ territory, tried, problem }) {
      await model.updateOne({ _id: territory }, { $set: { tried, problem } }, { upsert: true })
    },
    async states() {
      return (await model.find({}, { xml: 0 }).sort({ _id: 1 }).lean<Row[]>()).map(stateOf)
    },
    async fingerprints() {
      const rows = await model
        .find({ sha256: { $type: 'string' } }, { sha256: 1 })
        .lean<{ _id: string; sha256: string }[]>()
      return rows.map(({ _id, sha256 }) => ({ territory: _id, sha256 }))
    },
  }
}

const stateOf = ({ _id, sequence, issued, nextUpdate, tried, problem }: Row): ListState => ({
  territory: _id,
  sequence: sequence ?? null,
  issued: issued ?? null,
  nextUpdate: nextUpdate ?? null,
  tried,
  problem: problem ?? null,
})
