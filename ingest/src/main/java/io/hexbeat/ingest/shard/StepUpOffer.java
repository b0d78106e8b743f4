package io.hexbeat.ingest.shard;

import java.util.List;

/**
 * What a phone needs to prove afterwards who made a punch. Immutable; any thread. Made by the door,
 * written into the receipt if the shard asks for a proof.
 *
 * @param challenge over the punch's content, base64url
 * @param rpId of the relying party
 * @param credentialIds the member's passkeys, base64url
 */
public record StepUpOffer(String challenge, String rpId, List<String> credentialIds) {
  public StepUpOffer {
    credentialIds = List.copyOf(credentialIds);
  }
}
