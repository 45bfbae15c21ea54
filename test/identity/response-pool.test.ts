import { expect } from 'chai'
import type { Case } from '../../server/identity/judgement.ts'
import { judged } from '../../server/identity/response-pool.ts'

describe('responses that wait to be judged', () => {
  it('take turns by network: a hundred from one cost any other the wait for two', async () => {
    const order: string[] = []
    const one = { document: 'Buongiorno' } as Case
    const judge = async (network: string) => {
      expect(await judged(one, network)).to.deep.include({ kind: 'unreadable' })
      order.push(network)
    }
    await Promise.all([...Array<string>(100).fill('flood'), 'honest'].map(judge))
    expect(order.indexOf('honest')).to.be.at.most(2)
  })
})
