/** Entry point of the thread in which responses are judged: what anybody may send must not hold up the pages of others. */
export { judgeResponse } from './judgement.ts'
