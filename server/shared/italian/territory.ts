/** Provinces, metropolitan cities and free consortia of today (ISTAT), then the suppressed ones: people were born there. */
const PROVINCES = new Set(
  (
    'AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG FI FM FR GE GO GR ' +
    'IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR PT PU PV PZ RA RC RE RG RI RM RN RO ' +
    'SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT VV ' +
    'CI OG OT VS FO PS FU PL ZA'
  ).split(' '),
)

/** A province's two letters, `EE` for abroad. */
export const isProvincia = (text: string): boolean => text === 'EE' || PROVINCES.has(text)

/** Their names, as people write them where two letters are asked for. Not `Reggio`: there are two. */
const NAMES: ReadonlyMap<string, string> = new Map(
  (
    "AG Agrigento; AL Alessandria; AN Ancona; AO Aosta|Valle d'Aosta; AP Ascoli Piceno; AQ L'Aquila|Aquila; AR Arezzo; " +
    'AT Asti; AV Avellino; BA Bari; BG Bergamo; BI Biella; BL Belluno; BN Benevento; BO Bologna; BR Brindisi; BS Brescia; ' +
    'BT Barletta-Andria-Trani; BZ Bolzano|Bozen|Alto Adige; CA Cagliari; CB Campobasso; CE Caserta; CH Chieti; ' +
    'CL Caltanissetta; CN Cuneo; CO Como; CR Cremona; CS Cosenza; CT Catania; CZ Catanzaro; EN Enna; ' +
    'FC Forlì-Cesena|Forlì; FE Ferrara; FG Foggia; FI Firenze; FM Fermo; FR Frosinone; GE Genova; GO Gorizia; GR Grosseto; ' +
    'IM Imperia; IS Isernia; KR Crotone; LC Lecco; LE Lecce; LI Livorno; LO Lodi; LT Latina; LU Lucca; ' +
    'MB Monza e Brianza|Monza e della Brianza|Monza Brianza; MC Macerata; ME Messina; MI Milano; MN Mantova; MO Modena; ' +
    'MS Massa-Carrara|Massa e Carrara; MT Matera; NA Napoli; NO Novara; NU Nuoro; OR Oristano; PA Palermo; PC Piacenza; ' +
    'PD Padova; PE Pescara; PG Perugia; PI Pisa; PN Pordenone; PO Prato; PR Parma; PT Pistoia; ' +
    'PU Pesaro e Urbino|Pesaro-Urbino; PV Pavia; PZ Potenza; RA Ravenna; RC Reggio Calabria|Reggio di Calabria; ' +
    "RE Reggio Emilia|Reggio nell'Emilia; RG Ragusa; RI Rieti; RM Roma; RN Rimini; RO Rovigo; SA Salerno; SI Siena; " +
    'SO Sondrio; SP La Spezia|Spezia; SR Siracusa; SS Sassari; SU Sud Sardegna; SV Savona; TA Taranto; TE Teramo; ' +
    'TN Trento; TO Torino; TP Trapani; TR Terni; TS Trieste; TV Treviso; UD Udine; VA Varese; VB Verbano-Cusio-Ossola; ' +
    'VC Vercelli; VE Venezia; VI Vicenza; VR Verona; VT Viterbo; VV Vibo Valentia; CI Carbonia-Iglesias; OG Ogliastra; ' +
    'OT Olbia-Tempio; VS Medio Campidano; FU Fiume; PL Pola; ZA Zara; EE Estero'
  )
    .split('; ')
    .flatMap((line) => {
      const code = line.slice(0, 2)
      return line
        .slice(3)
        .split('|')
        .map((name): [string, string] => [plain(name), code])
    }),
)

/** Letters and digits alone, without accents: `Forlì - Cesena` and `FORLI’ CESENA` are one. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[^a-zA-Z0-9]/g, '')
    .toLowerCase()
}

/** Two letters, also of `(PG)` as it stands in an address, of `Forlì-Cesena` and of `Provincia di Perugia`. */
export function normaliseProvincia(text: string): string {
  const name = plain(text)
  return NAMES.get(name) ?? NAMES.get(name.replace(/^(provincia|cittametropolitana)di/, '')) ?? name.toUpperCase()
}

/** Postal code, five digits. */
export const isCap = (text: string): boolean => /^\d{5}$/.test(text) && text !== '00000'

/** Belfiore (cadastral) code of a municipality; `Z` codes are foreign states. */
export const isComune = (text: string): boolean => /^[A-Y]\d{3}$/.test(text)

/** Belfiore code of a foreign state. */
export const isStatoEstero = (text: string): boolean => /^Z\d{3}$/.test(text)
