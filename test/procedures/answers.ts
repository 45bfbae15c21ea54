import { addDays, type IsoDate } from '../../server/shared/dates.ts'

/** Identifier of a stored document, as forms keep it in an upload's answer. */
export const documentId = (letter: string): string => letter.repeat(22)

const contacts = { email: 'giulia.conti@posta.example', telefono: '+393330000101' }
const giulia = { nome: 'Giulia', cognome: 'Conti', codiceFiscale: 'CNTGLI85H54G478Q', dataNascita: '1985-06-14' }
const elena = { nome: 'Elena', cognome: 'Bruni', codiceFiscale: 'BRNLNE76A70A475D', dataNascita: '1976-01-30' }
const seat = { via: 'Piazza del Mercato', civico: '5', cap: '06099', comune: 'Vallechiara', provincia: 'PG' }

/** Complete, valid answers for each procedure of the installation; dates around `today`. */
export function sampleAnswers(today: IsoDate): Record<string, Record<string, unknown>> {
  return {
    'dichiarazione-cambio-indirizzo': {
      dichiarante: { ...giulia, cittadinanza: 'IT' },
      recapiti: contacts,
      qualita: 'proprio',
      trasferimento: { indirizzoPrecedente: 'Via dei Tigli 12', data: addDays(today, -10) },
      abitazione: { indirizzo: { via: 'Via delle Fonti', civico: '3', interno: '2' }, campanello: 'Conti' },
      occupata: true,
      convivente: { nome: 'Maria', cognome: 'Russo', dataNascita: '1979-04-11', legame: 'nessuno' },
      titolo: {
        tipo: 'locazione',
        registrazione: { ufficio: 'Perugia', data: addDays(today, -20), numero: '1234/3T' },
        proprietario: { nominativo: 'Immobiliare Fonti S.r.l.', codiceFiscale: '99000200016' },
      },
      componenti: [
        {
          nome: 'Marco',
          cognome: 'Rinaldi',
          codiceFiscale: 'RNLMRC81C02D653D',
          nascita: { data: '1981-03-02', luogo: 'Foligno', provincia: 'PG' },
          sesso: 'M',
          cittadinanza: 'IT',
          rapporto: 'coniuge',
        },
      ],
      patenti: [
        {
          titolare: 'Giulia Conti',
          categoria: 'B',
          numero: 'U1A23456B',
          rilasciataIl: '2015-07-01',
          rilasciataDa: 'MIT-UCO',
        },
      ],
      veicoli: [{ tipo: 'autoveicolo', targa: 'GA123BC', intestatario: 'Giulia Conti', titolo: 'proprietario' }],
    },
    'contrassegno-disabili-rilascio': {
      richiedente: giulia,
      recapiti: contacts,
      qualita: 'delegato',
      provaDelega: 'allegata',
      persona: {
        nome: 'Anna Maria',
        cognome: 'Galli',
        codiceFiscale: 'GLLNMR42T48I921B',
        nascita: { data: '1942-12-08', luogo: 'Spoleto', provincia: 'PG' },
        residenza: { ...seat, via: 'Via San Rocco', civico: '7' },
      },
      contrassegno: {
        condizione: 'deambulazione',
        documento: 'certificato-usl',
        dataDocumento: addDays(today, -15),
        durata: 'temporanea',
        finoAl: addDays(today, 300),
      },
      precedente: false,
      bollo: { identificativo: '01234567890123', dataEmissione: addDays(today, -1) },
      targhe: [{ targa: 'GA123BC' }],
      allegati: {
        certificato: documentId('a'),
        fototessera: documentId('b'),
        delega: documentId('c'),
        documentoDelegante: documentId('d'),
      },
    },
    'occupazione-suolo-pubblico-temporanea': {
      richiedente: giulia,
      recapiti: contacts,
      qualita: 'rappresentante',
      ente: {
        natura: 'associazione',
        denominazione: 'Pro Loco Vallechiara',
        codiceFiscale: '99000100018',
        pec: 'proloco@pec.example',
        sede: seat,
        carica: 'presidente',
      },
      area: {
        indirizzo: { via: 'Piazza della Libertà' },
        posizione: 'Lato del municipio, davanti alla fontana',
        tipo: 'piazza',
        lunghezza: 12.5,
        larghezza: 6,
        superficie: 75,
      },
      periodo: {
        dal: addDays(today, 40),
        al: addDays(today, 41),
        interaGiornata: false,
        dalle: '08:00',
        alle: '23:30',
      },
      scopo: {
        tipo: 'evento',
        descrizione: 'Palco di sei metri per quattro e dieci gazebo',
        nome: 'Festa delle castagne',
        partecipanti: 400,
        somministrazione: true,
      },
      modificaCircolazione: true,
      circolazione: { tipi: ['sosta', 'chiusura'], dettagli: 'Divieto di sosta in tutta la piazza dalle 6 alle 24' },
      esenteCanone: false,
      esenteBollo: false,
      bollo: { identificativo: '01234567890124', dataEmissione: addDays(today, -1) },
      cauzione: true,
      deposito: {
        importo: 50000,
        data: addDays(today, -2),
        conto: { iban: 'IT60X0542811101000000123456', intestatario: 'Pro Loco Vallechiara' },
      },
      allegati: { planimetria: documentId('e'), programma: documentId('f'), polizza: documentId('g') },
    },
    'accesso-documentale': {
      richiedente: { nome: 'Klara', cognome: 'Lindqvist' },
      recapiti: { email: 'klara@posta.example' },
      qualita: 'proprio',
      documenti: [{ descrizione: 'Permesso di costruire dell’edificio in via Roma 5', numero: '45/2019' }],
      interesse: {
        situazione: 'proprieta',
        motivazione: 'Sono proprietaria dell’edificio confinante e devo verificare le distanze dal mio fabbricato.',
      },
      modalita: { tipo: 'copia-conforme', consegna: 'posta', indirizzo: seat },
      bollo: { identificativo: '01234567890125', dataEmissione: addDays(today, -1) },
    },
    'scia-esercizio-di-vicinato-apertura': {
      presentatore: elena,
      recapiti: contacts,
      qualita: 'professionista',
      provaDelega: 'allegata',
      professionista: {
        albo: 'commercialisti',
        numero: '123',
        provincia: 'PG',
        pec: 'elena.bruni@pec.studiobruni.example',
      },
      impresa: {
        denominazione: 'Bottega Ferri S.r.l.',
        formaGiuridica: 'srl',
        codiceFiscale: '99000200016',
        partitaIva: '99000200016',
        cameraCommercio: 'PG',
        rea: 'PG-123456',
        pec: 'bottegaferri@pec.bottegaferri.example',
        sede: seat,
      },
      titolare: {
        nome: 'Paolo',
        cognome: 'Ferri',
        codiceFiscale: 'FRRPLA70M19L117N',
        nascita: { data: '1970-08-19', luogo: 'Terni', provincia: 'TR' },
        cittadinanza: 'IT',
        residenza: seat,
        carica: 'amministratore unico',
      },
      locale: {
        insegna: 'La bottega di Paolo',
        indirizzo: { via: 'Piazza del Mercato', civico: '5' },
        immobile: { catasto: 'fabbricati', foglio: '12', particella: '345', subalterno: '6' },
        disponibilita: 'locazione',
        abitanti: 'fino-a-10000',
        superficieVendita: 48.5,
        superficieTotale: 70,
        centroCommerciale: false,
      },
      disegno: 'impresa',
      attivita: {
        inizio: addDays(today, 3),
        carattere: 'permanente',
        settori: ['alimentare'],
        prodotti: 'Formaggi e salumi',
      },
      professionali: { chi: 'titolare', tipo: 'esperienza' },
      esperienze: [
        { presso: 'Salumeria Centrale', mansione: 'banconista', dal: addDays(today, -1000), al: addDays(today, -100) },
      ],
      requisiti: { morali: true, antimafia: true, locali: true, altrePersone: false },
      diritti: { avviso: '301000000000012373', data: addDays(today, -1), importo: 5000 },
      allegati: {
        scia: documentId('h'),
        planimetria: documentId('i'),
        procura: documentId('j'),
        notificaSanitaria: documentId('k'),
      },
    },
    'segnalazione-disservizio': {
      disservizio: {
        luogo: { via: 'Via della Stazione', civico: '41', riferimento: 'davanti alla fermata' },
        categoria: 'illuminazione',
        titolo: 'Lampione spento',
        dettagli: 'È spento da tre giorni e il marciapiede resta al buio.',
        pericolo: false,
        palo: '117',
      },
      immagini: [documentId('l')],
      segnalante: { nome: giulia.nome, cognome: giulia.cognome, codiceFiscale: giulia.codiceFiscale },
      recapiti: contacts,
    },
  }
}
