/** Codes of the FHIR R4 value set issue-type that are used here. */
export type IssueCode =
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'code-invalid'
  | 'not-supported'
  | 'not-found'
  | 'business-rule'
  | 'extension'
  | 'duplicate'
  | 'conflict'
  | 'forbidden'
  | 'too-long'
  | 'transient'
  | 'exception'
  | 'informational';

/** One thing wrong, or worth knowing. `expression` is a FHIRPath; neither part ever repeats a value that was sent. */
export type Issue = {
  severity: 'fatal' | 'error' | 'warning' | 'information';
  code: IssueCode;
  /** Null where it is about no place in particular. */
  expression: string | null;
  text: string;
};

export const error = (code: IssueCode, expression: string | null, text: string): Issue => ({
  severity: 'error',
  code,
  expression,
  text,
});
