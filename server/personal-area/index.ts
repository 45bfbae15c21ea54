export { areaRoutes } from './area-routes.ts'
export { areaTabs, type AreaSection } from './area-views.ts'
export { citizenGuard } from './citizen-access-routes.ts'
export { filingRoutes } from './filing-routes.ts'
