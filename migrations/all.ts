import { TheNewsroom1700000000001 } from './0001-the-newsroom';

/** Every migration, oldest first. Append; never change one that has been released. */
export const MIGRATIONS = [TheNewsroom1700000000001];
