/**
 * As a terminal is given it: what would steer it, such as ESC, is written out, since people state text that is printed.
 * In JSON it means the same as before.
 */
export const terminalText = (text: string): string =>
  text.replace(/[^\P{Cc}\t\n]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
