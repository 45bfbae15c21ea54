/** Where people reach a municipality's services, without a final slash; `installation` is the address of those that name none. */
export const siteAddress = (
  { publicAddress }: Readonly<{ publicAddress?: string | undefined }>,
  installation: string,
): string => publicAddress ?? installation
