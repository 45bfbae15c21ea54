import type { DraftDeps } from './draft.ts'
import { createEarlierData } from './earlier-service.ts'
import { createDraftErasure } from './draft-erasure-service.ts'
import { createDraftFiles } from './draft-file-service.ts'
import { createDraftItems } from './draft-item-service.ts'
import { createDraftOpening } from './draft-opening-service.ts'
import { createDraftSaving } from './draft-saving-service.ts'
import { createDraftSteps } from './draft-step-service.ts'

export type DraftService = ReturnType<typeof createDraftService>

/** Everything one can do with a filing before it is sent. Each use case answers NOT_FOUND for what is not the person's own. */
export function createDraftService(deps: DraftDeps) {
  const opening = createDraftOpening(deps)
  const saving = createDraftSaving(deps)
  const files = createDraftFiles({ ...deps, saving })
  const { open, begin } = opening
  const { filesOf, receiveFile, removeFile, forget } = files
  return {
    open,
    begin,
    ...createDraftSteps({ saving, files }),
    ...createDraftItems({ ...deps, saving, files }),
    ...createEarlierData(deps),
    filesOf,
    receiveFile,
    removeFile,
    forget,
    ...createDraftErasure({ ...deps, opening, saving }),
  }
}
