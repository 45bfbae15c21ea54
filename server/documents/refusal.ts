import { AppError, type ErrorCode } from '../errors.ts'
import { formatSize } from '../shared/file-size.ts'
import { extensionOf } from './file-name.ts'
import { EXECUTABLE, fileType, listTypes, nameFits } from './media-type.ts'

/** Why a file cannot be taken. Each has one sentence for the person that names the file and says what to do. */
export type Defect =
  | 'empty'
  | 'interrupted'
  | 'truncated'
  | 'damaged'
  | 'encrypted'
  | 'macros'
  | 'nested-archive'
  | 'program-inside'
  | 'starts-programs'
  | 'active'
  | 'too-many-entries'
  | 'bomb'
  | 'infected'

const DEFECTS: Readonly<Record<Defect, readonly [ErrorCode, explanation: string]>> = {
  empty: ['INVALID_INPUT', 'è vuoto (0 byte). Controlla di aver scelto il file giusto e allegalo di nuovo.'],
  interrupted: ['BAD_REQUEST', 'non è arrivato intero: il caricamento si è interrotto. Allegalo di nuovo.'],
  truncated: [
    'INVALID_INPUT',
    'è incompleto: manca la parte finale. Aprilo sul tuo dispositivo per controllarlo, poi salvalo o scaricalo di nuovo e allegalo.',
  ],
  damaged: [
    'INVALID_INPUT',
    'è danneggiato e non si riesce a leggere. Aprilo sul tuo dispositivo per controllarlo, salvalo di nuovo e allegalo.',
  ],
  encrypted: [
    'INVALID_INPUT',
    'è protetto da password o da restrizioni e l’ufficio non potrebbe leggerlo o conservarlo. Salvane una copia senza protezione e allega quella.',
  ],
  macros: [
    'INVALID_INPUT',
    'contiene macro (piccoli programmi). Salvalo senza macro, oppure in PDF, e allegalo di nuovo.',
  ],
  'nested-archive': ['INVALID_INPUT', 'contiene altri archivi compressi. Estraili e allega i file uno per uno.'],
  'program-inside': ['INVALID_INPUT', 'contiene programmi eseguibili. Toglili e allegalo di nuovo.'],
  'starts-programs': [
    'INVALID_INPUT',
    'può avviare programmi sul computer di chi lo apre. Stampalo in un nuovo PDF, senza azioni, e allega quello.',
  ],
  active: [
    'INVALID_INPUT',
    'contiene parti che agiscono da sole (istruzioni JavaScript, un modulo dinamico XFA, video o rinvii ad altri file): per legge un documento così non vale come firmato. Stampalo in un nuovo PDF, firmalo di nuovo se serve, e allega quello.',
  ],
  'too-many-entries': [
    'INVALID_INPUT',
    'contiene troppi file. Dividilo in archivi più piccoli oppure allega i file uno per uno.',
  ],
  infected: [
    'INVALID_INPUT',
    'contiene un virus e non l’abbiamo conservato. Controlla il tuo dispositivo con un antivirus, poi allega una copia pulita.',
  ],
  bomb: ['INVALID_INPUT', 'una volta aperto occuperebbe troppo spazio. Allega i file uno per uno.'],
}

/** The failure for that defect. The log gets the defect only: a file's name may hold a person's name. */
export function refusal(defect: Defect, name: string, cause?: unknown): AppError {
  const [code, explanation] = DEFECTS[defect]
  return new AppError(code, `Upload refused: ${defect}`, {
    explanation: `Il file «${name}» ${explanation}`,
    defect,
    cause,
  })
}

export function tooLarge(name: string, maxBytes: number): AppError {
  return new AppError('TOO_LARGE', `Upload refused: more than ${maxBytes} bytes`, {
    explanation:
      `Il file «${name}» è troppo grande: il massimo è ${formatSize(maxBytes)}. ` +
      'Riduci la risoluzione della scansione oppure dividilo in più file, e allegalo di nuovo.',
    maxBytes,
  })
}

export function unsupportedType(name: string, mediaType: string | undefined, accept: readonly string[]): AppError {
  return new AppError('UNSUPPORTED_TYPE', `Upload refused: type ${mediaType ?? 'unknown'} is not admitted`, {
    explanation: `Il file «${name}» ${whatItIs(name, mediaType)}. Qui puoi allegare: ${listTypes(accept)}.`,
    mediaType,
  })
}

function whatItIs(name: string, mediaType: string | undefined): string {
  if (mediaType === undefined) return 'è di un tipo che non riconosciamo'
  if (mediaType === EXECUTABLE) return 'è un programma eseguibile e non si può allegare'
  const extension = extensionOf(name)
  const { label } = fileType(mediaType)
  if (nameFits(extension, mediaType)) return `è ${label}, e qui non è ammesso`
  return `ha un nome che finisce per .${extension} ma è in realtà ${label}, e qui non è ammesso`
}

/** What the person should know of a file that was taken all the same: its name announces another type. */
export function mislabelNotice({ name, mediaType }: { name: string; mediaType: string }): string | undefined {
  const extension = extensionOf(name)
  if (nameFits(extension, mediaType)) return undefined
  return `Il file «${name}» ha un nome che finisce per .${extension} ma è in realtà ${fileType(mediaType).label}: lo abbiamo accettato come tale.`
}
