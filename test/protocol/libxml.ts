import { readFileSync } from 'node:fs'

const fixture = (name: string) => readFileSync(`test/protocol/fixtures/${name}`)
const SCHEMAS = {
  segnatura: () => fixture('segnatura.xsd'),
  'registro-giornaliero': () => readFileSync('docs/schemas/registro-giornaliero.xsd'),
}
const NAMESPACES = {
  prot: 'http://www.agid.gov.it/protocollo/',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  xades: 'http://uri.etsi.org/01903/v1.3.2#',
}

export type Libxml = Awaited<ReturnType<typeof loadLibxml>>

/** libxml2 as an independent judge. Loaded on demand: its top-level await cannot be required, as mocha does. */
export async function loadLibxml() {
  const libxml = await import('libxml2-wasm')
  const exclusive = { mode: libxml.XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 }
  libxml.xmlRegisterInputProvider(
    new libxml.XmlBufferInputProvider({ 'import_schemas/xmldsig-core-schema.xsd': fixture('xmldsig-core-schema.xsd') }),
  )
  const parse = (xml: string | Buffer) => libxml.XmlDocument.fromBuffer(Buffer.from(xml))

  return {
    /** What is wrong in a document by its schema. */
    schemaErrors(xml: string, name: keyof typeof SCHEMAS = 'segnatura'): string[] {
      return using(parse(SCHEMAS[name]()), (schema) =>
        using(libxml.XsdValidator.fromDoc(schema), (validator) =>
          using(parse(xml), (document) => {
            try {
              validator.validate(document)
              return []
            } catch (error) {
              if (!(error instanceof libxml.XmlLibError)) throw error
              return error.details.map(({ message }) => message.trim())
            }
          }),
        ),
      )
    },
    /** Text content of the first node of the path; empty if there is none. */
    valueAt: (xml: string, path: string): string =>
      using(parse(xml), (document) => document.get(path, NAMESPACES)?.content ?? ''),
    /** Exclusive canonical form of an element. */
    canonicalAt: (xml: string, path: string): string =>
      using(parse(xml), (document) => document.get(path, NAMESPACES)?.canonicalizeToString(exclusive) ?? ''),
    /** The same of the whole document after its signature was taken out (enveloped-signature transform). */
    canonicalWithoutSignature: (xml: string): string =>
      using(parse(xml), (document) => {
        document.get('/*/ds:Signature', NAMESPACES)?.remove()
        return document.canonicalizeToString(exclusive)
      }),
  }
}

function using<T extends { dispose(): void }, R>(resource: T, work: (resource: T) => R): R {
  try {
    return work(resource)
  } finally {
    resource.dispose()
  }
}
