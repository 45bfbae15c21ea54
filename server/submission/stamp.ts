import { stepOfPointer, valueAt, type Answers, type FieldError, type Pointer } from '../forms/index.ts'
import type { ProcedureVersion } from '../procedures/index.ts'
import type { Transaction } from '../shared/transaction.ts'

/** A paper stamp (imposta di bollo) as the filer declares it: where in the form, and the 14 digits printed on it. */
type Stamp = Readonly<{ identifier: string; pointer: Pointer; stepId: string }>

export type UsedStamp = Readonly<{ municipality: string; identifier: string; filing: string; at: Date }>

/** Port to the stamps that were used up in each municipality, kept for controls (DPR 445/2000 art. 71). */
export type StampStore = {
  /** The filing that used the stamp. */
  usedBy(municipality: string, identifier: string): Promise<string | undefined>
  /** Uses it up, for ever; false when another filing has done so. */
  use(stamp: UsedStamp, transaction: Transaction): Promise<boolean>
}

/** The stamp that these answers declare, if the procedure asks for one and they owe it. */
export function stampOf({ form, stampDuty }: ProcedureVersion, answers: Answers): Stamp | undefined {
  const pointer = stampDuty.fields?.identifier
  const identifier = pointer === undefined ? undefined : valueAt(answers, pointer)
  return pointer !== undefined && typeof identifier === 'string'
    ? { identifier, pointer, stepId: stepOfPointer(form, pointer) }
    : undefined
}

/** A stamp serves one filing only in the whole municipality (protocol-and-procedure.md §5.1). */
export const stampDefect = ({ identifier, pointer, stepId }: Stamp): FieldError => ({
  pointer,
  name: pointer.slice(1).replaceAll('/', '.'),
  label: 'Marca da bollo',
  message: `La marca da bollo ${identifier} è già stata usata per un’altra richiesta a questo Comune e ne vale una sola: controlla le 14 cifre o acquista un’altra marca`,
  stepId,
})
