import type { Login } from '../identity/index.ts'
import type { Municipality } from '../municipalities/index.ts'
import { formatDateTime, withDay } from '../shared/dates.ts'
import { formatFigure } from '../shared/figure.ts'

/** What the archive holds of one kind. */
export type Held = Readonly<{ name: string; title: string; records: number; files: number }>

type Index = Readonly<{ municipality: Municipality; login: Login; parts: readonly Held[]; at: Date }>

/** The page that tells what is in the archive: plain text, which opens everywhere. */
export function indexText({ municipality, login: { person }, parts, at }: Index): string {
  const lines = parts.map(({ name, title, records, files }) => {
    const documents = files === 0 ? '' : `, ${formatFigure(files)} documenti nella cartella «documenti»`
    return `- dati/${name}.json: ${title} (${formatFigure(records)}${documents})`
  })
  return [
    `I dati di ${person.givenName} ${person.familyName} presso ${municipality.name}`,
    `Raccolti ${withDay('il', formatDateTime(at))}`,
    '',
    'Questo archivio contiene i tuoi dati personali che questa piattaforma conserva (Regolamento UE 2016/679,',
    'articoli 15 e 20). I file .json si leggono con qualunque programma; i documenti sono quelli originali.',
    '',
    '- dati/identita.json: come ti ha identificato il tuo ultimo accesso',
    ...lines,
    '',
    'Non ci sono i codici fiscali dei funzionari e le carte interne degli uffici, che si chiedono con l’accesso ai',
    'documenti (L. 241/1990 art. 22). I messaggi scambiati con il gestore di identità si conservano cifrati per 24 mesi',
    'per le autorità e chi controlla gli accessi (DPCM 24/10/2014 art. 13 c. 2).',
    '',
    'Un dato è sbagliato? Si chiede di correggerlo nell’area personale, alla voce «I miei dati».',
    `Per altre domande: ${municipality.pec}`,
    '',
  ].join('\n')
}
