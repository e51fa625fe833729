/** What the article gets right and what slips, each a sentence beside the runs that show it. */

/** @typedef {import('./evidence.js').Evidence} Evidence */

const MAIN = '#v=1&variants=standard,article,article-scaled,none&seeds=1-3';

/** @type {Record<string, Evidence[]>} by the place on the page */
export const CLAIMS = {
  '#batch-evidence': [
    {
      title: 'After two epochs of MNIST no difference is shown.',
      words: [
        '`article-scaled` draws one mask for the batch, `standard` one for every row; the factor is the same. The extra noise is there, but here it changes no result that three seeds could show.',
      ],
      link: '#v=1&variants=standard,article-scaled&seeds=1-3',
      rows: [
        ['macroF1', 'article-scaled'],
        ['loss', 'article-scaled'],
      ],
      difference: true,
    },
  ],
  '#curve-evidence': [
    {
      title: 'F1 is about 0.90, as the article says.',
      words: [
        'With its layer, with PyTorch’s, and with no dropout at all. F1 hardly sees whether the factor is there; NLL and ECE see it at once. ECE is the gap between how sure the network is and how often it is right.',
      ],
      link: MAIN,
      rows: [
        ['macroF1', 'article'],
        ['macroF1', 'article-scaled'],
        ['macroF1', 'standard'],
        ['macroF1', 'none'],
        ['loss', 'article'],
        ['loss', 'article-scaled'],
        ['ece', 'article'],
        ['ece', 'article-scaled'],
      ],
    },
  ],
  '#rule-evidence': [
    {
      title: 'The wrong factor can seem to help.',
      words: [
        'After two epochs of plain SGD at 0.01 the network is not yet sure enough. Evaluated twice as loud as it was trained, `unscaled` has the lower NLL; `test-scaled` has the same weights and the right rule. One number at one moment does not show that a rule is right.',
      ],
      link: '#v=1&variants=unscaled,test-scaled&optimizer=sgd&learning-rate=0.01&seeds=1-3',
      rows: [
        ['loss', 'unscaled'],
        ['loss', 'test-scaled'],
        ['ece', 'unscaled'],
        ['ece', 'test-scaled'],
      ],
    },
    {
      title: 'As printed, the mask falls on the outputs.',
      words: [
        'The printed forward computes the last layer and returns the 512 values before it. So these dropped values are the network’s outputs, and there scaling raises NLL.',
      ],
      link: '#v=1&network=printed&optimizer=sgd&learning-rate=0.01&seeds=1-3',
      rows: [
        ['loss', 'article'],
        ['loss', 'article-scaled'],
        ['macroF1', 'article'],
        ['macroF1', 'article-scaled'],
      ],
    },
  ],
  '#connect-evidence': [
    {
      title: 'On MNIST no difference from Dropout is shown.',
      words: [
        '`dropconnect` drops weights of the second layer, `standard` the units behind it. Two epochs and three seeds show nothing between them.',
      ],
      link: '#v=1&variants=standard,dropconnect&seeds=1-3',
      rows: [
        ['macroF1', 'dropconnect'],
        ['loss', 'dropconnect'],
      ],
      difference: true,
    },
  ],
};
