/** A script of its own in the package: only pages on plain http load it. */

export { sha256 } from '@noble/hashes/sha2.js';
