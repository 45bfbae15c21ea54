import type { Model, QueryFilter } from 'mongoose'
import {
  PAGE_SIZE,
  personHash,
  type Authentication,
  type MessageFacts,
  type MessageQuery,
  type SealedRecord,
} from './message-log.ts'

export type Row = Omit<SealedRecord, 'sealed'> & { sealed: Buffer }

const FACTS = { _id: 0, expiresAt: 0, sealed: 0, person: 0 }

/** Authentications that began in a time and are about a person or identifier, newest first. */
export function createMessageSearch(model: Model<Row>, key: Buffer) {
  async function requestsFor(query: Omit<MessageQuery, 'page'>): Promise<QueryFilter<Row>> {
    const { organization, from, to, id, person } = query
    const narrowed: QueryFilter<Row>[] = []
    if (person !== undefined) {
      const named = { organization, person: personHash(person, key) }
      narrowed.push({ requestId: { $in: await model.distinct('requestId', named) } })
    }
    if (id !== undefined) {
      const about = { organization, $or: [{ requestId: id }, { responseId: id }, { assertionId: id }] }
      narrowed.push({ requestId: { $in: await model.distinct('requestId', about) } })
    }
    return {
      organization,
      kind: 'request',
      ...(from || to ? { at: { ...(from && { $gte: from }), ...(to && { $lt: to }) } } : {}),
      ...(narrowed.length > 0 && { $and: narrowed }),
    }
  }

  return async ({ page, ...query }: MessageQuery): Promise<{ authentications: Authentication[]; total: number }> => {
    const filter = await requestsFor(query)
    const [requests, total] = await Promise.all([
      model
        .find(filter, FACTS)
        .sort({ at: -1, requestId: 1 })
        .skip((page - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
        .lean<MessageFacts[]>(),
      model.countDocuments(filter),
    ])
    const requestId = { $in: requests.map((one) => one.requestId) }
    const responses = await model
      .find({ organization: query.organization, kind: 'response', requestId }, FACTS)
      .sort({ at: 1 })
      .lean<MessageFacts[]>()
    const authentications = requests.map((request) => ({
      request,
      responses: responses.filter((response) => response.requestId === request.requestId),
    }))
    return { authentications, total }
  }
}
