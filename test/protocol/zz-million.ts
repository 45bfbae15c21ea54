import mongoose from 'mongoose'
import { createProtocol } from '../../server/protocol/index.ts'
import { searchWords } from '../../server/protocol/search-words.ts'
import { newId } from '../../server/shared/ids.ts'
import { createInTransaction } from '../../server/shared/transaction-store.ts'
import { newEntry, vallechiara } from './sample.ts'
const c = await mongoose.createConnection(process.env.TEST_MONGODB_URI!, { dbName: 'scratch-million' }).asPromise()
await c.dropDatabase()
const protocol = createProtocol({ connection: c, newId })
await Promise.all(Object.values(c.models).map((m) => m.init()))
const inTx = createInTransaction(c)
const N = Number(process.env.N ?? 1_000_000)
const col = c.collection('registerentries')
const surnames = Array.from({ length: 3000 }, (_, i) => 'cognome' + i.toString(36).padStart(3, 'x'))
const names = Array.from({ length: 200 }, (_, i) => 'Nome' + i)
const kinds = ['Richiesta di residenza con cambio di abitazione', 'Occupazione del suolo pubblico in via Cavour', 'Contrassegno di parcheggio per disabili', 'Accesso agli atti edilizi', 'SCIA esercizio di vicinato', 'Segnalazione di disservizio stradale']
const median = (a: number[]) => a.sort((x, y) => x - y)[a.length >> 1]!
async function measure(label: string) {
  const last = (await col.find().sort({ _id: 1 }).limit(200).toArray()).map((r) => String(r._id))
  const find: number[] = [], reg: number[] = []
  for (let i = 0; i < 200; i++) {
    let t = performance.now(); await protocol.find('vallechiara', last[i % last.length]!); find.push(performance.now() - t)
    t = performance.now(); await inTx((tx) => protocol.register(newEntry({ at: new Date('2026-06-01T10:00:00Z') }), vallechiara, tx)); reg.push(performance.now() - t)
  }
  console.log(label, 'find', median(find).toFixed(2), 'register', median(reg).toFixed(2), 'ratio', (median(reg) / median(find)).toFixed(2))
}
await inTx((tx) => protocol.register(newEntry({ at: new Date('2026-06-01T10:00:00Z') }), vallechiara, tx))
for (let i = 0; i < 100; i++) await inTx((tx) => protocol.register(newEntry({ at: new Date('2026-06-01T10:00:00Z') }), vallechiara, tx))
await measure('at ~0.3k'); await measure('at ~0.5k')
const t0 = performance.now()
for (let i = 0; i < N; i += 5000) {
  const docs = Array.from({ length: Math.min(5000, N - i) }, (_, k) => {
    const n = i + k
    const date = new Date(Date.UTC(2016, 0, 1) + Math.floor((n / N) * 3650) * 86400000)
    const sender = { kind: 'person' as const, givenName: names[n % 200]!, familyName: surnames[(n * 7919) % 3000]!, cf: 'RSSMRA80A01H' + (n % 1000) }
    const e = newEntry({ sender, subject: kinds[n % 6]! + ' ' + (n % 97), office: 'u' + (n % 12), direction: n % 5 ? 'in' : 'out', at: date })
    return { ...e, _id: newId(), ipaCode: 'c_v999', aooCode: 'A1B2C3D', registerCode: 'RG01', year: date.getUTCFullYear(), number: n + 1, date: date.toISOString().slice(0, 10), words: searchWords(e.subject, sender.givenName, sender.familyName, sender.cf, 'Comune di Vallechiara') }
  })
  await col.insertMany(docs as never[], { ordered: false, writeConcern: { w: 1, j: false } } as never)
}
console.log('loaded', N, ((performance.now() - t0) / 1000).toFixed(0), 's')
await measure('at 1M'); await measure('at 1M'); await measure('at 1M')
for (const q of [{}, { text: 'residenza' }, { text: 'residenza 17 cognomex10' }, { text: 'nome17 residenza' }, { text: 'comune residenza' }, { text: 'edilizi disabili' }, { text: 'cognomexa1' }, { text: 'RSSMRA80A01H17' }, { number: 500000 }, { number: 500000, year: 2020 }, { from: '2019-01-01', to: '2019-12-31' }, { text: 'residenza', from: '2017-01-01', to: '2017-01-31' }, { direction: 'out' as const }, { office: 'u3', direction: 'out' as const }, { text: 'nonesiste' }, { page: 40 }]) {
  const times: number[] = []
  let total = 0
  for (let i = 0; i < 7; i++) { const t = performance.now(); const r = await protocol.search('vallechiara', q); total = r.total; times.push(performance.now() - t) }
  console.log(JSON.stringify(q), 'median', median(times).toFixed(1), 'ms total', total)
}
const t = performance.now(); await protocol.day('vallechiara', '2019-05-05'); console.log('day', (performance.now() - t).toFixed(1))
console.log(JSON.stringify((await c.db!.command({ collStats: 'registerentries' })).totalIndexSize / 1e6), 'MB indexes')
await c.dropDatabase(); await c.close()
