/** `make`, called once for each name: later calls get the value that it made then. */
export function onceFor<Value, Name extends string = string>(make: (name: Name) => Value): (name: Name) => Value {
  const known = new Map<Name, Value>()
  return (name) => {
    const value = known.get(name) ?? make(name)
    known.set(name, value)
    return value
  }
}
