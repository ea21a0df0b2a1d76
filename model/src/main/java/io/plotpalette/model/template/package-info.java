/** What a user writes to make a dataset: a template of steps, checked before anything is paid. */
package io.plotpalette.model.template;
