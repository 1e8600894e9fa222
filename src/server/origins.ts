/** Whether pages of an origin may send a token: those that are listed, and our own. Programs name no origin. */
export function mayBringToken(
  origin: string | undefined,
  host: string | undefined,
  listed: readonly string[],
): boolean {
  if (origin === undefined || listed.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}
