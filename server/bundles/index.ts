import { createBundleService, type Bundles } from './bundle-service.ts'
import { buildVerifier, type Verifier } from './verifier-build.ts'

export type { Bundle, Bundles } from './bundle-service.ts'
export { pathOf } from './bundle.ts'
export { disclosedTo } from './disclosure.ts'
export { zipped, type ZippedFile } from './zipped.ts'
export { bundleRoutes, sendBundle } from './bundle-routes.ts'
export { verifierRoutes } from './verifier-routes.ts'

type Deps = Omit<Parameters<typeof createBundleService>[0], 'verifier'>

/** Bundles of filings, and the verifier that goes with each. */
export function createBundles(deps: Deps): Bundles & Readonly<{ verifier: () => Promise<Verifier> }> {
  let built: Promise<Verifier> | undefined
  // Built from our own sources at the first need, and kept: it is the same for all.
  const verifier = (): Promise<Verifier> => (built ??= buildVerifier(deps.root))
  return { ...createBundleService({ ...deps, verifier }), verifier }
}
