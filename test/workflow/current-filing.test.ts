import { expect } from 'chai'
import { AppError } from '../../server/errors.ts'
import type { FilingStore, Submitted } from '../../server/filings/index.ts'
import type { Transaction } from '../../server/shared/transaction.ts'
import { unchanged } from '../../server/workflow/current-filing.ts'

type Kept = Pick<Submitted, 'revision' | 'receipt'>

/** What a transaction in which the filing is like `found` makes of one that was opened like `opened`. */
const meet = (opened: Kept, found: Kept): Promise<string> => {
  const filing = (kept: Kept) => ({ ...kept, state: 'submitted', municipality: 'm', id: 'f' }) as unknown as Submitted
  const store = { find: async () => filing(found) } as unknown as FilingStore
  return unchanged(store, filing(opened), {} as Transaction).then(
    () => 'goes on',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
}

describe('a filing that a transaction finds', () => {
  const receipt = 'd' as unknown as Submitted['receipt']

  it('is the one that was opened, with its receipt or without', async () => {
    expect(await meet({ revision: 4, receipt: null }, { revision: 4, receipt: null })).to.equal('goes on')
    expect(await meet({ revision: 4, receipt: null }, { revision: 5, receipt })).to.equal('goes on')
  })

  it('is refused when somebody changed it', async () => {
    expect(await meet({ revision: 4, receipt: null }, { revision: 5, receipt: null })).to.equal('CONFLICT')
    expect(await meet({ revision: 4, receipt: null }, { revision: 6, receipt })).to.equal('CONFLICT')
  })
})
