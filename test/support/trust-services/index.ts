import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import {
  issueCertificate,
  purposes,
  toPem,
  usage,
  type Authority,
} from '../../../server/certificates/certificate-builder.ts'
import { OID } from '../../../server/shared/asn1/oids.ts'
import { timestampReply } from './timestamp-authority.ts'
import { trustedList, type ListContent, type ListedService } from './trusted-list.ts'

const DAY = 86_400_000
const TOP = '/eu-lotl.xml'

type Settings = Readonly<{
  port: number
  /** The development authority: its certificates become qualified, by a list that only we believe. */
  authority: Authority
  now?: () => Date
}>

export type { ListContent, ListedService }

export type RunningTrustServices = Readonly<{
  /** Address of the list of the lists. */
  listUrl: string
  timestampUrl: string
  /** PEM certificate that signs both lists. */
  signers: string
  /** Puts another national list in the place of the one that is served, with what is said here different; `raw` as it is. */
  publish: (changes: Partial<ListContent>) => Promise<void>
  publishRaw: (list: Buffer) => Promise<void>
  /** Puts another list of the lists in its place, or at another path. */
  publishTop: (changes: Partial<ListContent>, path?: string) => Promise<void>
  /** Until set back, every request for a time stamp fails. */
  setTimestampsDown: (down: boolean) => void
  /** Until set back, each time stamp is given once this is done. */
  beforeTimestamp: (work: (() => Promise<unknown>) | null) => void
  stop: () => Promise<void>
}>

/** Local counterpart of the Commission, of AgID and of a time-stamping authority: two signed lists and RFC 3161 stamps. */
export async function startTrustServices({
  port,
  authority,
  now = () => new Date(),
}: Settings): Promise<RunningTrustServices> {
  const operator = certified(authority, 'Gestore delle liste di prova', {
    key: authority.key,
    extensions: [usage('nonRepudiation')],
  })
  const stamper = certified(authority, 'Marca temporale di prova', {
    key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey,
    extensions: [usage('digitalSignature'), purposes(OID.timeStamping)],
  })
  const files = new Map<string, Buffer>()
  let stampsDown = false
  let beforeStamp: (() => Promise<unknown>) | null = null

  const server = createServer((request, response) => void answer(request, response))
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'POST' && request.url === '/marca') {
      const query = await buffer(request)
      await beforeStamp?.()
      response.writeHead(stampsDown ? 503 : 200, { 'content-type': 'application/timestamp-reply' })
      response.end(stampsDown ? undefined : timestampReply(query, stamper, now()))
      return
    }
    const file = files.get(request.url ?? '')
    response.writeHead(file ? 200 : 404, { 'content-type': 'application/vnd.etsi.tsl+xml' }).end(file)
  }
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const common = () => ({ sequence: 1, issued: now(), nextUpdate: new Date(now().getTime() + 180 * DAY), operator })
  const national: ListContent = { ...common(), territory: 'IT', services: servicesOf(authority) }
  files.set('/IT.xml', await trustedList(national))
  const toItaly = { territory: 'IT', location: `${base}/IT.xml`, signer: operator.certificate }
  const top: ListContent = { ...common(), territory: 'EU', pointers: [toItaly] }
  files.set(TOP, await trustedList(top))
  return {
    listUrl: `${base}${TOP}`,
    timestampUrl: `${base}/marca`,
    signers: toPem(operator.certificate),
    publish: async (changes) => void files.set('/IT.xml', await trustedList({ ...national, ...changes })),
    publishRaw: async (list) => void files.set('/IT.xml', list),
    publishTop: async (changes, path = TOP) => void files.set(path, await trustedList({ ...top, ...changes })),
    setTimestampsDown: (down) => (stampsDown = down),
    beforeTimestamp: (work) => (beforeStamp = work),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const servicesOf = ({ certificate }: Authority): readonly ListedService[] => [
  {
    type: 'CA/QC',
    name: 'Certificati di prova',
    certificate,
    from: certificate.notBefore,
    uses: ['ForeSignatures', 'ForeSeals'],
  },
  { type: 'TSA/QTST', name: 'Marche temporali di prova', certificate, from: certificate.notBefore },
]

type Request = Readonly<{ key: Authority['key']; extensions: readonly Buffer[] }>

function certified(issuer: Authority, commonName: string, { key, extensions }: Request): Authority {
  const { notBefore, notAfter } = issuer.certificate
  const subject = { country: 'IT', organization: 'Sviluppo', commonName }
  return { certificate: issueCertificate({ subject, key, notBefore, notAfter, extensions, issuer }), key }
}
