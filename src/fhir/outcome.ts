import type { OperationOutcome } from 'fhir/r4.js';
import type { Issue } from './issue.js';

/** Issues as FHIR says them. `expression` is a FHIRPath into what was sent. */
export const operationOutcome = (issues: readonly Issue[]): OperationOutcome => ({
  resourceType: 'OperationOutcome',
  issue: issues.map(({ severity, code, expression, text }) => ({
    severity,
    code,
    diagnostics: text,
    ...(expression === null ? {} : { expression: [expression] }),
  })),
});

export const information = (text: string): Issue => ({
  severity: 'information',
  code: 'informational',
  expression: null,
  text,
});
