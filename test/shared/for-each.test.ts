import { expect } from 'chai'
import { forEach } from '../../server/shared/for-each.ts'

describe('work for each municipality', () => {
  it('is done for those after one at which it failed, and then says so', async () => {
    const done: string[] = []
    const broken = new Error('No entry can be read')
    const work = async (municipality: string): Promise<void> => {
      if (municipality === 'montelago') throw broken
      done.push(municipality)
    }
    const failure = await forEach(['vallechiara', 'montelago', 'pratofiorito'], work).catch((error: unknown) => error)
    expect(done).to.deep.equal(['vallechiara', 'pratofiorito'])
    expect(failure).to.include({ message: 'Failed for 1 of 3', cause: broken })
    await forEach(['vallechiara'], work)
  })
})
