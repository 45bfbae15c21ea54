import { giveWay } from '../shared/worker-thread.ts'

/** Entry point of the threads in which documents are drawn and taken apart: neither may hold up the pages of others. */
giveWay()

export { markText } from './mark-text.ts'
export { innermostContent } from './p7m-content.ts'
export { drawPaper } from './paper-drawing.ts'
