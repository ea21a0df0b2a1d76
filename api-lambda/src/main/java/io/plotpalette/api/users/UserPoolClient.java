package io.plotpalette.api.users;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * The one call of the user pool that is needed. It takes the user's own token in place of a
 * signature, so the function needs no right; the SDK's client would be a third of the package.
 */
final class UserPoolClient {
  private static final Logger LOG = LoggerFactory.getLogger(UserPoolClient.class);

  private final ApiConfig config;

  UserPoolClient(ApiConfig config) {
    this.config = config;
  }

  /**
   * Deletes the account the token was given out for.
   *
   * @return false when there is none any more
   * @throws ProblemException 401 when the pool does not accept the token, 503 when it cannot be
   *     reached or is busy
   */
  boolean deleteAccount(String accessToken) {
    HttpResponse<String> response = send(accessToken);
    if (response.statusCode() == 200) {
      return true;
    }
    String type = errorType(response.body());
    if (type.equals("UserNotFoundException")) {
      return false;
    }
    if (type.equals("NotAuthorizedException")) {
      throw ProblemException.of(ProblemType.UNAUTHENTICATED);
    }
    if (response.statusCode() >= 500 || type.equals("TooManyRequestsException")) {
      LOG.warn("user pool put off status={} type={}", response.statusCode(), type);
      throw ProblemException.unavailable();
    }
    throw new IllegalStateException(
        "user pool answered %d %s".formatted(response.statusCode(), type));
  }

  private HttpResponse<String> send(String accessToken) {
    Duration limit = config.tableCallTimeout();
    HttpClient client = HttpClient.newBuilder().connectTimeout(limit).build();
    HttpRequest request =
        HttpRequest.newBuilder(config.userPoolEndpoint().orElseGet(UserPoolClient::ofRegion))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", "AWSCognitoIdentityProviderService.DeleteUser")
            .timeout(limit)
            .POST(
                BodyPublishers.ofString(
                    Json.MAPPER.createObjectNode().put("AccessToken", accessToken).toString()))
            .build();
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      LOG.warn("user pool cannot be reached cause={}", e.getClass().getSimpleName());
      throw ProblemException.unavailable();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ProblemException.unavailable();
    }
  }

  private static URI ofRegion() {
    Region region = new DefaultAwsRegionProviderChain().getRegion();
    return URI.create(
        "https://cognito-idp.%s.%s/"
            .formatted(region.id(), region.metadata().partition().dnsSuffix()));
  }

  /** With or without the namespace in front of it. */
  private static String errorType(String body) {
    try {
      String type = Json.MAPPER.readTree(body).path("__type").asText();
      return type.substring(type.indexOf('#') + 1);
    } catch (JsonProcessingException e) {
      return "";
    }
  }
}
