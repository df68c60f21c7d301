"""What the page of a hand-off shows besides what every review's page does."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import OuterRef

from failforward.accounts.models import User
from failforward.together import Together, keep
from reviews.models import HandOff, HandOffAnswer, Promise, Review, ReviewPerson
from reviews.models.hand_off import Question


@dataclass
class HandOffPage:
    hand_off: HandOff
    user: User

    @classmethod
    def of(cls, review: Review, user: User) -> "HandOffPage":
        people = HandOff.objects.select_related("sales_lead", "production_lead")
        answers = HandOffAnswer.objects.filter(hand_off=OuterRef("pk"))
        promises = Promise.objects.filter(hand_off=OuterRef("pk"))
        hand_off = people.annotate(
            answers_read=Together(answers, "question", "text", "by__name"),
            promises_read=Together(promises, "promised", "understood", "delivered", "kept", "event", "version"),
        ).get(review=review.pk)
        keep(hand_off, "answers", hand_off.answers_read)
        keep(hand_off, "promises", hand_off.promises_read)
        hand_off.review = review
        return cls(hand_off, user)

    @property
    def for_production(self) -> bool:
        """Production's lead, who sees the hand-off and nothing else of the deal."""
        return self.user.pk == self.hand_off.production_lead_id

    @property
    def thanked(self) -> ReviewPerson | None:
        """Production's lead, with what they were thanked for."""
        on_it = self.hand_off.review.crew
        return next((one for one in on_it if one.user_id == self.hand_off.production_lead_id and one.thanked_at), None)

    @cached_property
    def answers(self) -> list[tuple[str, HandOffAnswer | None]]:
        by_question = {answer.question: answer for answer in self.hand_off.answers.all() if answer.text}
        return [(question.label, by_question.get(question.value)) for question in Question]

    @property
    def answered(self) -> int:
        return sum(answer is not None for _label, answer in self.answers)

    @property
    def is_answered(self) -> bool:
        return self.answered == len(self.answers)

    @property
    def promises(self) -> list[Promise]:
        return list(self.hand_off.promises.all())
