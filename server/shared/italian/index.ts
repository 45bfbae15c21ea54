export { isFoglio, isParticella, isSezione, isSubalterno } from './catasto.ts'
export {
  isCodiceFiscale,
  isCodiceFiscaleEnte,
  normaliseCodiceFiscale,
  readCodiceFiscale,
  type CodiceFiscaleData,
} from './codice-fiscale.ts'
export { isEmail, normaliseEmail } from './email.ts'
export { formatEuro, parseEuro } from './euro.ts'
export { formatIban, isIban, normaliseIban } from './iban.ts'
export { isPartitaIva, normalisePartitaIva } from './partita-iva.ts'
export { isCarTarga, isTarga, normaliseTarga } from './targa.ts'
export { isTelefono, normaliseTelefono } from './telefono.ts'
export { isCap, isComune, isProvincia, isStatoEstero } from './territory.ts'
