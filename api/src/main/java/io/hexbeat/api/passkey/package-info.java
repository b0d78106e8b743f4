/**
 * Passkeys: their enrolment, the verification of punches, and the page to punch on. The device
 * port's loops ask, the control plane and the doors' threads for signatures work.
 */
@NullMarked
package io.hexbeat.api.passkey;

import org.jspecify.annotations.NullMarked;
