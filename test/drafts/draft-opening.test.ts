import { expect } from 'chai'
import { createDraftOpening } from '../../server/drafts/draft-opening-service.ts'
import type { DraftDeps } from '../../server/drafts/draft.ts'
import type { Login } from '../../server/identity/index.ts'

describe('beginning a draft', () => {
  for (const [status, answer] of [
    ['suspended', 409],
    ['scheduled', 409],
    ['ended', 410],
  ] as const)
    it(`is refused, whoever asks for it, while the service is ${status}`, async () => {
      const catalogue = { find: async () => ({}), state: async () => ({ status, reason: 'Trasloco.' }) }
      const { begin } = createDraftOpening({ catalogue } as unknown as DraftDeps)
      const beginning = {
        procedure: 'ztl',
        key: 'k',
        acting: { profile: 'self', principal: null, ground: null },
      } as const
      const failure = await begin('m', {} as Login, beginning).catch((error: unknown) => error)
      expect(failure).to.deep.include({ status: answer, details: { back: '/servizi/ztl' } })
    })
})
