import { createHash } from 'node:crypto';

/** What "identical" means for a repeat: the bytes without the line ends after the last segment. */
export function digestOfMessage(bytes: Uint8Array): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0d || bytes[end - 1] === 0x0a)) end--;
  return createHash('sha256').update(bytes.subarray(0, end)).digest();
}
