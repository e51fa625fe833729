import Table from 'cli-table3';

/** @param {string[]} head */
export const newTable = (head) => new Table({ head, style: { head: [], border: [] } });
