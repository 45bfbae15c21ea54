/** Node's own parts that our code or a library names and that a browser has not: files and their paths… */
function absent(): never {
  throw new Error('There are no files here')
}

export const openSync = absent
export const closeSync = absent
export const readSync = absent
export const fstatSync = absent
export const readFileSync = absent
export const readdirSync = absent
export const statSync = absent
export const join = absent

/** …and the warning of `node:util` about functions that will go, which is for programmers. */
export const deprecate = <T>(work: T): T => work
