/** Gathers what is put in during one turn of the event loop and hands all of it on when the turn ends: an idle process waits for nobody. */
export function byTurn<T>(handOn: (gathered: readonly T[]) => void): (one: T) => void {
  let gathered: T[] = []

  function end(): void {
    const all = gathered
    gathered = []
    handOn(all)
  }

  return (one) => {
    if (gathered.length === 0) setImmediate(end)
    gathered.push(one)
  }
}
