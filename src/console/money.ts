const POUNDS = new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'GBP' });

/** `£1,234.50`, of pence. */
export const moneyText = (pence: number): string => POUNDS.format(pence / 100);
