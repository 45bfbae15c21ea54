import type { Certificate } from '../../../server/certificates/certificate.ts'
import type { Authority } from '../../../server/certificates/certificate-builder.ts'
import { localSealKey } from '../../../server/keys/seal-key.ts'
import { xmlSealSigner } from '../../../server/signing/xml-signer.ts'
import { sealXml } from '../../../server/protocol/segnatura-seal.ts'

/** A trusted list in the format of ETSI TS 119 612 v2.4.1, signed with XAdES; what a test does not name is as in real ones. */
export type ListContent = Readonly<{
  territory: string
  sequence: number
  issued: Date
  nextUpdate: Date
  services?: readonly ListedService[]
  pointers?: readonly ListedPointer[]
  /** Of the list of the lists: addresses of its pivots, newest first. */
  pivots?: readonly string[]
  /** Who signs the list. */
  operator: Authority
}>

export type ListedService = Readonly<{
  type: 'CA/QC' | 'TSA/QTST'
  name: string
  certificate: Certificate
  status?: 'granted' | 'withdrawn'
  from: Date
  uses?: readonly ('ForeSignatures' | 'ForeSeals')[]
  /** Qualifiers for every certificate with the usage nonRepudiation. */
  qualifiers?: readonly string[]
  history?: readonly Readonly<{ status: 'granted' | 'withdrawn'; from: Date }>[]
}>

export type ListedPointer = Readonly<{ territory: string; location: string; signer: Certificate }>

const ETSI = 'http://uri.etsi.org/TrstSvc'

export async function trustedList(content: ListContent): Promise<Buffer> {
  const { operator } = content
  const signer = xmlSealSigner(localSealKey(operator.key, [operator.certificate]))
  return Buffer.from(await sealXml(listXml(content), { signer, at: content.issued }))
}

const tag = (name: string, ...children: readonly string[]): string => `<${name}>${children.join('')}</${name}>`
const italian = (name: string, text: string): string => `<${name} xml:lang="it">${text}</${name}>`
const address = (name: string, text: string): string => `<${name} xml:lang="en">${text}</${name}>`
const time = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`
const identity = ({ der }: Certificate): string => tag('DigitalId', tag('X509Certificate', der.toString('base64')))

function listXml(content: ListContent): string {
  const { territory, sequence, issued, nextUpdate, services = [], pointers = [], pivots = [] } = content
  const isTop = territory === 'EU'
  const scheme = tag(
    'SchemeInformation',
    tag('TSLVersionIdentifier', '6'),
    tag('TSLSequenceNumber', String(sequence)),
    tag('TSLType', `${ETSI}/TrustedList/TSLType/${isTop ? 'EUlistofthelists' : 'EUgeneric'}`),
    tag('SchemeOperatorName', italian('Name', 'Gestore di prova, senza valore')),
    operatorAddress(),
    tag('SchemeName', italian('Name', `${territory}: lista di prova, senza valore`)),
    tag('SchemeInformationURI', ...[...pivots, 'http://lista.example/'].map((uri) => address('URI', uri))),
    tag(
      'StatusDeterminationApproach',
      `${ETSI}/TrustedList/StatusDetn/${isTop ? 'EUlistofthelists' : 'EUappropriate'}`,
    ),
    tag(
      'SchemeTypeCommunityRules',
      address('URI', `${ETSI}/TrustedList/schemerules/${isTop ? 'EUlistofthelists' : 'EUcommon'}`),
    ),
    tag('SchemeTerritory', territory),
    tag('PolicyOrLegalNotice', italian('TSLLegalNotice', 'Lista di prova, senza valore legale.')),
    tag('HistoricalInformationPeriod', '65535'),
    pointers.length > 0 ? tag('PointersToOtherTSL', ...pointers.map(pointerXml)) : '',
    tag('ListIssueDateTime', time(issued)),
    tag('NextUpdate', tag('dateTime', time(nextUpdate))),
  )
  const providers =
    services.length === 0
      ? ''
      : tag(
          'TrustServiceProviderList',
          tag('TrustServiceProvider', providerInformation(), tag('TSPServices', ...services.map(serviceXml))),
        )
  return `<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="tl-${territory}" TSLTag="http://uri.etsi.org/19612/TSLTag">${scheme}${providers}</TrustServiceStatusList>`
}

const operatorAddress = (name = 'SchemeOperatorAddress'): string =>
  tag(
    name,
    tag(
      'PostalAddresses',
      `<PostalAddress xml:lang="it">${tag('StreetAddress', 'Via della Prova 1')}${tag('Locality', 'Vallechiara')}${tag('CountryName', 'IT')}</PostalAddress>`,
    ),
    tag('ElectronicAddress', address('URI', 'mailto:lista@lista.example')),
  )

const providerInformation = (): string =>
  tag(
    'TSPInformation',
    tag('TSPName', italian('Name', 'Prestatore di prova')),
    tag('TSPTradeName', italian('Name', 'VATIT-00000000000')),
    operatorAddress('TSPAddress'),
    tag('TSPInformationURI', address('URI', 'http://prestatore.example/')),
  )

const pointerXml = ({ territory, location, signer }: ListedPointer): string =>
  tag(
    'OtherTSLPointer',
    tag('ServiceDigitalIdentities', tag('ServiceDigitalIdentity', identity(signer))),
    tag('TSLLocation', location),
    tag(
      'AdditionalInformation',
      tag('OtherInformation', tag('SchemeTerritory', territory)),
      tag(
        'OtherInformation',
        '<x:MimeType xmlns:x="http://uri.etsi.org/02231/v2/additionaltypes#">application/vnd.etsi.tsl+xml</x:MimeType>',
      ),
    ),
  )

function serviceXml({ status = 'granted', from, history = [], ...service }: ListedService): string {
  const past = history.map((instance) => tag('ServiceHistoryInstance', ...stateXml({ ...service, ...instance })))
  return tag(
    'TSPService',
    tag('ServiceInformation', ...stateXml({ ...service, status, from })),
    past.length > 0 ? tag('ServiceHistory', ...past) : '',
  )
}

type State = Omit<ListedService, 'history' | 'status'> & Readonly<{ status: string }>

function stateXml({ type, name, certificate, status, from, uses = [], qualifiers = [] }: State): string[] {
  const extensions = [...uses.map(useXml), ...(qualifiers.length > 0 ? [qualificationXml(qualifiers)] : [])]
  return [
    tag('ServiceTypeIdentifier', `${ETSI}/Svctype/${type}`),
    tag('ServiceName', italian('Name', name)),
    tag('ServiceDigitalIdentity', identity(certificate)),
    tag('ServiceStatus', `${ETSI}/TrustedList/Svcstatus/${status}`),
    tag('StatusStartingTime', time(from)),
    extensions.length > 0 ? tag('ServiceInformationExtensions', ...extensions) : '',
  ]
}

const critical = (inner: string): string => `<Extension Critical="true">${inner}</Extension>`

const useXml = (use: string): string =>
  critical(tag('AdditionalServiceInformation', address('URI', `${ETSI}/TrustedList/SvcInfoExt/${use}`)))

const qualificationXml = (qualifiers: readonly string[]): string =>
  critical(
    `<q:Qualifications xmlns:q="${ETSI}/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"><q:QualificationElement>${tag(
      'q:Qualifiers',
      ...qualifiers.map((name) => `<q:Qualifier uri="${ETSI}/TrustedList/SvcInfoExt/${name}"></q:Qualifier>`),
    )}<q:CriteriaList assert="all"><q:KeyUsage><q:KeyUsageBit name="nonRepudiation">true</q:KeyUsageBit></q:KeyUsage></q:CriteriaList></q:QualificationElement></q:Qualifications>`,
  )
