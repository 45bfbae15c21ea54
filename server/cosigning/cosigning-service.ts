import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'
import type { StoredDocument } from '../documents/index.ts'
import type { Login } from '../identity/index.ts'
import type { Catalogue } from '../procedures/index.ts'
import type { Signing } from '../signing/index.ts'
import { cosignatureDefect, innermostHash } from './cosignature.ts'
import { createCosignatureRecording, type RecordingDeps } from './cosignature-record-service.ts'
import { createCosigningOpening, type Asked } from './cosigning-opening-service.ts'
import { createDeclining } from './declining-service.ts'
import { ended, type Invitation } from './invitation.ts'

type Deps = RecordingDeps & { catalogue: Catalogue; signing: Pick<Signing, 'changesBesidesSigning'> }

type Upload = Readonly<{
  name: string
  stream: Readable
  /** The version that the page showed. */
  seen: string
}>

export type CosigningService = ReturnType<typeof createCosigningService>

/** The signer's side: the documents that somebody asks them to sign, each by itself. They sign it, or say that they will not. */
export function createCosigningService(deps: Deps) {
  const { documents, signing, now } = deps
  const { ofPerson, open } = createCosigningOpening(deps)
  const { record } = createCosignatureRecording(deps)
  const { decline } = createDeclining({ ...deps, open })

  /**
   * Takes the signed file in place of the one that was asked for. Throws INVALID_INPUT when it is not that document with the
   * signer's signature added, CONFLICT when somebody else signed meanwhile or the invitation has ended; then nothing changes.
   */
  async function sign(municipality: string, id: string, login: Login, upload: Upload): Promise<StoredDocument> {
    const { invitation, standing, asked } = await open(municipality, id, login)
    if (standing !== 'open' || !asked) throw ended(standing)
    const came = await receive(invitation, asked, { ...upload, sender: login.person.key })
    try {
      await assertSigned({ invitation, asked, came, seen: upload.seen })
      await record({ invitation, procedure: asked.procedure, came })
    } catch (error) {
      await documents.abandon([came])
      throw error
    }
    await documents.remove(asked.file)
    return came
  }

  /** Until the file is found good it belongs to the invitation: the draft's own clean-up must not find it. */
  const receive = (
    { id, municipality }: Invitation,
    { upload: { maxBytes, accept } }: Asked,
    { name, stream, sender }: Upload & { sender: string },
  ): Promise<StoredDocument> =>
    documents.receive(stream, {
      municipality,
      filing: id,
      kind: 'attachment',
      orphan: true,
      sender,
      name,
      maxBytes,
      accept,
      at: now(),
    })

  async function assertSigned({ invitation, asked, came, seen }: Came): Promise<void> {
    const { file, policy } = asked
    const isSameContent = await hasSameContent(file, came)
    const { formats } = policy
    const defect = cosignatureDefect({ asked: file, came, cf: invitation.signer.cf, formats, isSameContent })
    if (!defect) return
    // Of two who sign the same version at once, the second sends a file without the first signature. That is no mistake of
    // theirs.
    const isOvertaken = defect.kind === 'overtaken' && seen !== file.id
    throw new AppError(isOvertaken ? 'CONFLICT' : 'INVALID_INPUT', `Signed file refused: ${defect.kind}`, {
      explanation: isOvertaken ? `Nel frattempo ha firmato un’altra persona. ${defect.text}` : defect.text,
    })
  }

  /** A PDF must begin with the very bytes and only add signatures; a p7m must be around the same content. */
  async function hasSameContent(asked: StoredDocument, came: StoredDocument): Promise<boolean> {
    if (came.verification?.format === 'CAdES') return innermostHash(came) === innermostHash(asked)
    if (!(await documents.continues(came, asked))) return false
    return (await signing.changesBesidesSigning(await documents.bytes(came), asked.size)).length === 0
  }

  return { ofPerson, open, sign, decline, download: (file: StoredDocument) => documents.open(file) }
}

type Came = Readonly<{ invitation: Invitation; asked: Asked; came: StoredDocument; seen: string }>
