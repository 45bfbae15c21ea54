/** Given by esbuild to every module that names `Buffer`; in a bundle for browsers this is the package of that name. */
export { Buffer } from 'buffer'
