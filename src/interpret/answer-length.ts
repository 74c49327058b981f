/** Of what a body answers. Whoever looks at the person is shown both: what fills a page hides what else stands there. */
export const MOST_OF_REASON = 2_000;
export const MOST_OF_CASE_ID = 100;
