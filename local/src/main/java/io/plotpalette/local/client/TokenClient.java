package io.plotpalette.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Signs users up and in, speaking Cognito's protocol as a browser or a script would. */
public final class TokenClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final HttpClient http;
  private final URI endpoint;
  private final String clientId;

  public TokenClient(HttpClient http, URI endpoint, String clientId) {
    this.http = http;
    this.endpoint = endpoint;
    this.clientId = clientId;
  }

  public void signUp(String email, String password) throws IOException, InterruptedException {
    ObjectNode request = request().put("Username", email).put("Password", password);
    request.putArray("UserAttributes").addObject().put("Name", "email").put("Value", email);
    call("SignUp", request);
  }

  public void confirm(String email, String code) throws IOException, InterruptedException {
    call("ConfirmSignUp", request().put("Username", email).put("ConfirmationCode", code));
  }

  /** Logs in and returns the access token. */
  public String logIn(String email, String password) throws IOException, InterruptedException {
    ObjectNode request = request().put("AuthFlow", "USER_PASSWORD_AUTH");
    request.putObject("AuthParameters").put("USERNAME", email).put("PASSWORD", password);
    return call("InitiateAuth", request)
        .path("AuthenticationResult")
        .path("AccessToken")
        .textValue();
  }

  private ObjectNode request() {
    return JSON.createObjectNode().put("ClientId", clientId);
  }

  private JsonNode call(String operation, ObjectNode body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(endpoint)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", "AWSCognitoIdentityProviderService." + operation)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d: %s".formatted(operation, response.statusCode(), response.body()));
    }
    return JSON.readTree(response.body());
  }
}
