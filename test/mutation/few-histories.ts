import fc from 'fast-check';

// The same few histories for every change, so that a change is noticed or not noticed each time.
process.env.PROPERTY_RUNS = '6';
fc.configureGlobal({ seed: 117, endOnFailure: true });
