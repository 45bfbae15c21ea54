/** Entry point of the threads in which documents are drawn: a long table must not hold up the pages of others. */
export { drawPaper } from './paper-drawing.ts'
