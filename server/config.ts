import { CNS_VARIABLES, readCns, type Cns } from './config-cns.ts'
import { fileReader, textReader } from './config-reader.ts'

export type Config = Readonly<{
  production: boolean
  host: string
  port: number
  /** What people type, without a final slash: `https://sportello.comune.example.it`. */
  publicAddress: string
  https: boolean
  /** Number of trusted proxies in front, or `false`: who may say `X-Forwarded-For`. */
  trustProxy: number | false
  mongoUri: string
  /** Folder of metadata files (SPID; sub-folders `cie` and `eidas` for those), or http(s) address of SPID's registry. */
  identityProviders: string
  /** PEM certificate with which the federation's operator signs its metadata. */
  identityProvidersTrust?: string
  /** Folder with one folder a municipality, each with `key.pem` and `certificate.pem` of its SPID and CIE service provider. */
  spidKeys: string
  /** AES-256 key of the SPID requests and responses that must be kept: 32 bytes. */
  spidLogKey: Buffer
  /** Folder with one folder a municipality, each with the key of its electronic seal: `key.pem` or `key.json`, `certificate.pem`. */
  sealKeys: string
  /** Folder of PEM certificates: the authorities whose signatures and seals are trusted. */
  trustAnchors: string
  trustedLists: Readonly<{
    /** Folder that can be written, filled from the database. */
    folder: string
    /** Address of the European list of the lists and the PEM certificates that sign it; absent = no lists are asked for. */
    source?: Readonly<{ url: string; signers: string }>
  }>
  /** RFC 3161 time-stamping authority for our seals. */
  timestampUrl?: string
  /** Where and how cards (CNS, TS-CNS) are asked for; absent = not at all. */
  cns?: Cns
  /** Folder with one `<municipality>.json` for each whose staff log in with a directory of its own. */
  staffDirectories?: string
  sessionSecret: string
  /** Address of the virus scanner, if there is one. */
  virusScan?: string
  /** Business register; with an empty address there is none, and company roles are declared and not checked. */
  businessRegister: Readonly<{ address: string; token: string }>
  mail: Readonly<{ smtpUrl: string; from: string }>
  roles: Readonly<{ web: boolean; worker: boolean }>
  logLevel: string
}>

type Variable = Readonly<{
  name: string
  meaning: string
  /** Value when it is not set, everywhere. */
  fallback?: string
  /** What `npm start` uses when it is not set, outside production, in words for the table. */
  development?: string
}>

/** Every variable that the platform reads. The table of the README is made from it (`configurationTable`); a test compares them. */
export const VARIABLES = [
  {
    name: 'NODE_ENV',
    meaning: 'With `production` nothing is made up: every variable without a default must be set.',
    fallback: 'development',
  },
  { name: 'PORT', meaning: 'Port on which the web process listens.', fallback: '3000' },
  { name: 'HOST', meaning: 'Network address on which it listens; `0.0.0.0` for all.', fallback: '127.0.0.1' },
  {
    name: 'PUBLIC_ADDRESS',
    meaning: 'The address that people type, for instance `https://sportello.comune.example.it`.',
    development: '`http://localhost:PORT`',
  },
  {
    name: 'TRUST_PROXY',
    meaning:
      'How many proxies stand in front, whose `X-Forwarded-For` is believed. At 0 behind a proxy all visitors count as one network, and a flood of logins stops all.',
    fallback: '0',
  },
  {
    name: 'MONGODB_URI',
    meaning: 'A MongoDB replica set, version 6 or later, with the name of the database.',
    development: 'own `mongod`, data in `.data/`',
  },
  {
    name: 'IDENTITY_PROVIDERS',
    meaning:
      'Folder with the metadata of the SPID identity providers (sub-folders `cie` and `eidas` for those), where files may come and go while it runs; or the http(s) address of the SPID registry.',
    development: 'the test identity provider',
  },
  {
    name: 'IDENTITY_PROVIDERS_TRUST',
    meaning:
      'File with the certificate (PEM) that signs the metadata of the registry; needed with an address outside development.',
    fallback: '',
  },
  {
    name: 'SPID_KEYS',
    meaning:
      'Folder with `<municipality>/key.pem` and `<municipality>/certificate.pem` of the SPID and CIE service provider (profile of AgID Avviso 29).',
    development: 'made in `certs/`',
  },
  {
    name: 'SPID_LOG_KEY',
    meaning: 'Encrypts the SPID messages kept for 24 months: 32 random bytes in base64.',
    development: 'made in `certs/`',
  },
  {
    name: 'SEAL_KEYS',
    meaning:
      'Folder with `<municipality>/certificate.pem`, chain included, and `<municipality>/key.pem` of the electronic seal; or `key.json` where a device or a remote service keeps the key ([operations](docs/operations.md)).',
    development: 'made in `certs/`',
  },
  {
    name: 'TRUST_ANCHORS',
    meaning: 'Folder with the certificates of the authorities whose signatures are trusted (PEM).',
    development: 'made in `certs/`',
  },
  {
    name: 'TRUSTED_LISTS_URL',
    meaning:
      'Address of the European list of the trusted lists, `https://ec.europa.eu/tools/lotl/eu-lotl.xml`; without it no signature counts as qualified.',
    fallback: '',
    development: 'a small list of its own',
  },
  {
    name: 'TRUSTED_LISTS_SIGNERS',
    meaning: 'File with the certificates (PEM) of the Official Journal that may sign it; needed with the address.',
    fallback: '',
  },
  {
    name: 'TRUSTED_LISTS_FOLDER',
    meaning: 'Folder that each process may write: its copy of the lists, which are kept in the database.',
    fallback: 'certs/lists',
  },
  {
    name: 'TIMESTAMP_URL',
    meaning: 'Address of a time-stamping authority (RFC 3161): seals then carry a time stamp (PAdES-T or LT).',
    fallback: '',
    development: 'a local one',
  },
  ...CNS_VARIABLES,
  {
    name: 'STAFF_DIRECTORIES',
    meaning:
      'Folder with `<municipality>.json`: the OpenID Connect directory with which its staff may log in ([operations](docs/operations.md)). Empty: with SPID, CIE and CNS only.',
    fallback: '',
    development: 'the test directory',
  },
  {
    name: 'SESSION_SECRET',
    meaning: 'Signs the session cookies: at least 32 characters, the same in all web processes.',
    development: 'made in `certs/`',
  },
  {
    name: 'BUSINESS_REGISTER',
    meaning:
      'Https address of the business register (Registro imprese, as an e-service of the PDND), which says who represents a company. Without it the role is declared, and the office checks it.',
    fallback: '',
    development: 'the test business register',
  },
  { name: 'BUSINESS_REGISTER_TOKEN', meaning: 'Voucher for the business register.', fallback: '' },
  {
    name: 'VIRUS_SCAN',
    meaning:
      'Virus scanner of what people send: `clamd://host:3310`, `clamd:///run/clamav/clamd.ctl` or `icap://host:1344/service` (`?method=REQMOD`). Without it nothing is scanned.',
    fallback: '',
  },
  {
    name: 'SMTP_URL',
    meaning: 'Server for outgoing mail: `smtps://user:password@host:465`.',
    development: 'the local mailbox',
  },
  { name: 'MAIL_FROM', meaning: 'Sender of the messages.', development: '`sportello@localhost`' },
  { name: 'WEB', meaning: '`false`: this process answers no requests.', fallback: 'true' },
  {
    name: 'WORKER',
    meaning: '`false`: this process does no background work (seals, mail, reminders).',
    fallback: 'true',
  },
  {
    name: 'LOG_LEVEL',
    meaning: '`debug`, `info`, `warn`, `error` or `silent`.',
    fallback: 'info',
    development: '`warn`',
  },
  { name: 'DATA_FOLDER', meaning: 'Where `npm start` keeps its own database; not for production.', fallback: '.data' },
] as const satisfies readonly Variable[]

type VariableName = (typeof VARIABLES)[number]['name']

const fallbackOf = new Map<string, string>(VARIABLES.flatMap((v) => ('fallback' in v ? [[v.name, v.fallback]] : [])))

/** An empty variable counts as one that is not set: that is how shells and unit files switch one off. */
const valueOf = (env: NodeJS.ProcessEnv, name: string): string => env[name]?.trim() || (fallbackOf.get(name) ?? '')

/** What is wrong with the configuration, one Italian sentence a problem: the person who starts the platform mends all at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`La configurazione non va bene:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/**
 * The only reader of the environment. Every path named there is opened and every key checked against its certificate now,
 * so that a mistake shows at start and not at the first seal. Throws one ConfigError that lists every problem.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const problems: string[] = []
  const value = (name: VariableName) => valueOf(env, name)
  const texts = textReader({ value, problems })
  const files = fileReader({ value, text: texts.text, problems })
  const { text, oneOf, wholeNumber, url, databaseUrl, origin, secret, key } = texts
  const optionalUrl = (name: VariableName, protocols: readonly string[]) => value(name) && url(name, protocols)
  const { keyPairs, sealKeys, folder, optionalFile } = files
  const publicAddress = origin('PUBLIC_ADDRESS')
  // What says who may act for a company is believed only over a channel that proves who answers.
  const registerProtocols = value('NODE_ENV') === 'production' ? ['https:'] : ['http:', 'https:']
  const config: Config = {
    production: oneOf('NODE_ENV', ['production', 'development', 'test']) === 'production',
    host: text('HOST'),
    port: wholeNumber('PORT', 65_535),
    publicAddress,
    https: publicAddress.startsWith('https:'),
    trustProxy: wholeNumber('TRUST_PROXY', 10) || false,
    mongoUri: databaseUrl('MONGODB_URI'),
    ...identitySource({ value, url, folder, optionalFile, problems }),
    spidKeys: keyPairs('SPID_KEYS'),
    spidLogKey: key('SPID_LOG_KEY'),
    sealKeys: sealKeys('SEAL_KEYS'),
    trustAnchors: folder('TRUST_ANCHORS'),
    trustedLists: { folder: text('TRUSTED_LISTS_FOLDER'), ...listSource({ value, url, optionalFile, problems }) },
    ...optional('timestampUrl', optionalUrl('TIMESTAMP_URL', ['http:', 'https:'])),
    ...readCns({ value, problems, ...texts, ...files }),
    ...optional('staffDirectories', value('STAFF_DIRECTORIES') && folder('STAFF_DIRECTORIES')),
    sessionSecret: secret('SESSION_SECRET'),
    ...optional('virusScan', optionalUrl('VIRUS_SCAN', ['clamd:', 'icap:'])),
    businessRegister: {
      address: optionalUrl('BUSINESS_REGISTER', registerProtocols).replace(/\/$/, ''),
      token: value('BUSINESS_REGISTER_TOKEN'),
    },
    mail: { smtpUrl: url('SMTP_URL', ['smtp:', 'smtps:']), from: text('MAIL_FROM') },
    roles: { web: oneOf('WEB', ['true', 'false']) === 'true', worker: oneOf('WORKER', ['true', 'false']) === 'true' },
    logLevel: oneOf('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent']),
  }
  const { web, worker } = config.roles
  if (!web && !worker) problems.push('WEB e WORKER sono entrambi «false»: il processo non avrebbe nulla da fare.')
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(config)
}

const PEM_CERTIFICATE = '-----BEGIN CERTIFICATE-----'

const optional = <Name extends string>(name: Name, value: string | undefined): Partial<Record<Name, string>> =>
  value === undefined || value === '' ? {} : ({ [name]: value } as Record<Name, string>)

type Readers = Readonly<{
  value: (name: VariableName) => string
  url: (name: VariableName, protocols: readonly string[]) => string
  optionalFile: (name: VariableName) => string | undefined
  problems: string[]
}>

type IdentitySource = Pick<Config, 'identityProviders' | 'identityProvidersTrust'>

/** Metadata that anybody between the registry and us could have written would let them log in as anybody. */
function identitySource(readers: Readers & Readonly<{ folder: (name: VariableName) => string }>): IdentitySource {
  const { value, url, folder, optionalFile, problems } = readers
  const isAddress = /^https?:/.test(value('IDENTITY_PROVIDERS'))
  const trust = optionalFile('IDENTITY_PROVIDERS_TRUST')
  if (isAddress && value('NODE_ENV') === 'production' && !trust?.includes(PEM_CERTIFICATE))
    problems.push('IDENTITY_PROVIDERS_TRUST deve indicare il certificato PEM di chi firma i metadati del registro.')
  const identityProviders = isAddress ? url('IDENTITY_PROVIDERS', ['http:', 'https:']) : folder('IDENTITY_PROVIDERS')
  return { identityProviders, ...optional('identityProvidersTrust', trust) }
}

/** Lists that anybody could have signed are worse than none. */
function listSource({ value, url, optionalFile, problems }: Readers): Pick<Config['trustedLists'], 'source'> {
  if (value('TRUSTED_LISTS_URL') === '') return {}
  const signers = optionalFile('TRUSTED_LISTS_SIGNERS') ?? ''
  if (!signers.includes(PEM_CERTIFICATE))
    problems.push('TRUSTED_LISTS_SIGNERS deve indicare i certificati PEM di chi firma la lista di TRUSTED_LISTS_URL.')
  return { source: { url: url('TRUSTED_LISTS_URL', ['http:', 'https:']), signers } }
}

/** The table of the README, in Markdown. */
export function configurationTable(): string {
  const variables: readonly Variable[] = VARIABLES
  const rows = variables.map(({ name, meaning, fallback, development }) => {
    const everywhere = fallback === undefined ? 'needed' : fallback && `\`${fallback}\``
    const value = [everywhere, development && `\`npm start\`: ${development}`].filter(Boolean).join('; ')
    return `| \`${name}\` | ${meaning} | ${value} |`
  })
  return ['| Variable | What it is | Default |', '|---|---|---|', ...rows].join('\n')
}
