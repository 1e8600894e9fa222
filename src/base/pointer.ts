/** One more step of a JSON Pointer (RFC 6901). */
export const pointer = (path: string, step: string | number): string =>
  `${path}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The steps of a JSON Pointer; none for the whole, null where it is not one. */
export const stepsOf = (path: string): string[] | null =>
  /^(\/([^~/]|~[01])*)*$/.test(path)
    ? path
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : null;
