import { InvalidArgumentError, Option } from 'commander';

/** An option that takes a number between two others. */
export const numberOption = (
  flags: string,
  description: string,
  standard: number,
  least: number,
  most: number,
): Option =>
  new Option(flags, description).default(standard).argParser((written) => {
    const number = Number(written);
    if (!Number.isFinite(number) || number < least || number > most)
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    return number;
  });
