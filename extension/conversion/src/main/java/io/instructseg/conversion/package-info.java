/** Official checkpoint and graph to a SavedModel, one tensor at a time. */
package io.instructseg.conversion;
