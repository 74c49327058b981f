/** Tells the messages of one run from those of any other. Lower-case letters and digits. */
export const newRun = (): string => Date.now().toString(36);
