/** How programs begin, in hexadecimal. */
const BEGINNINGS: readonly string[] = [
  '4d5a', // MZ: Windows programs, screen savers, libraries
  '7f454c46', // ELF
  'cafebabe', // Java class, Mach-O universal
  'cffaedfe', // Mach-O
  'cefaedfe',
  '0061736d', // WebAssembly
  '4c0000000114020000000000c0000000', // .lnk shortcut: runs what it points to
  '2321', // #! script
]

/** Whether an operating system would run what begins so, whatever its name. */
export const isProgram = (head: Buffer): boolean =>
  BEGINNINGS.some((hex) => head.toString('hex', 0, hex.length / 2) === hex)
