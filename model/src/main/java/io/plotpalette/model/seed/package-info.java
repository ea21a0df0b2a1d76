/** Seed data: what records are made from, read entry by entry in bounded memory. */
package io.plotpalette.model.seed;
