import { TheNewsroom1700000000001 } from './0001-the-newsroom';
import { TakingBack1700000000002 } from './0002-taking-back';

/** Every migration, oldest first. Append; never change one that has been released. */
export const MIGRATIONS = [TheNewsroom1700000000001, TakingBack1700000000002];
